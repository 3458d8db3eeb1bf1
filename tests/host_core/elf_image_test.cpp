#include <elf.h>
#include <invar/platform/host_core/elf_image.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(elf_image)

using invar::platform::ElfImage;
using invar::tests::TemporaryDirectory;

namespace {

constexpr std::uint64_t k_address = 0x80000000;

/// An image with one segment of 16 bytes (32 in memory), and two functions.
struct SmallElf {
  Elf64_Ehdr header{};
  Elf64_Phdr segment{};
  Elf64_Shdr sections[4] = {};
  Elf64_Sym symbols[4] = {};
  std::string names = std::string("\0first\0second\0label\0", 20);
  std::string section_names = std::string("\0", 1);

  SmallElf() {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_RISCV;
    header.e_version = EV_CURRENT;
    header.e_entry = k_address;
    header.e_phoff = sizeof header;
    header.e_shoff = sizeof header + sizeof segment;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof segment;
    header.e_phnum = 1;
    header.e_shentsize = sizeof sections[0];
    header.e_shnum = 4;
    header.e_shstrndx = 3;
    std::uint64_t offset = sizeof header + sizeof segment + sizeof sections;
    segment.p_type = PT_LOAD;
    segment.p_offset = offset;
    segment.p_vaddr = segment.p_paddr = k_address;
    segment.p_filesz = 16;
    segment.p_memsz = 32;
    offset += 16;
    const auto symbol = [&](unsigned i, unsigned name, unsigned type, std::uint64_t value,
                            std::uint64_t size) {
      symbols[i].st_name = name;
      symbols[i].st_info = ELF64_ST_INFO(STB_GLOBAL, type);
      symbols[i].st_value = value;
      symbols[i].st_size = size;
      symbols[i].st_shndx = 1;
    };
    symbol(1, 1, STT_FUNC, k_address, 8);
    symbol(2, 7, STT_FUNC, k_address + 8, 4);
    symbol(3, 14, STT_NOTYPE, k_address + 12, 0);
    sections[1] = {0, SHT_SYMTAB, 0, 0, offset, sizeof symbols, 2, 1, 8, sizeof symbols[0]};
    offset += sizeof symbols;
    sections[2] = {0, SHT_STRTAB, 0, 0, offset, names.size(), 0, 0, 1, 0};
    offset += names.size();
    sections[3] = {0, SHT_STRTAB, 0, 0, offset, section_names.size(), 0, 0, 1, 0};
  }

  std::string bytes() const {
    const auto raw = [](const auto& object) {
      return std::string(reinterpret_cast<const char*>(&object), sizeof object);
    };
    return raw(header) + raw(segment) + raw(sections) + std::string(16, '\x13') + raw(symbols) +
           names + section_names;
  }
};

std::string refusal(const std::string& bytes) {
  const TemporaryDirectory directory;
  directory.write("image.elf", bytes);
  try {
    ElfImage(directory.path("image.elf")).require_within(k_address, 64);
  } catch (const std::runtime_error& error) {
    const std::string message = error.what();
    BOOST_TEST(message.find("image.elf: ") != std::string::npos, message);
    return message;
  }
  return {};
}

std::string refusal(const std::function<void(SmallElf&)>& spoil) {
  SmallElf elf;
  spoil(elf);
  return refusal(elf.bytes());
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_CASE(segments_entry_and_functions_are_read) {
  const TemporaryDirectory directory;
  directory.write("image.elf", SmallElf().bytes());
  const ElfImage image(directory.path("image.elf"));
  BOOST_TEST(image.entry() == k_address);
  BOOST_TEST_REQUIRE(image.segments().size() == 1u);
  BOOST_TEST(image.segments()[0].address == k_address);
  BOOST_TEST(image.segments()[0].size == 32u);
  BOOST_TEST(image.segments()[0].bytes.size() == 16u);
  BOOST_TEST(image.describe(k_address) == "first");
  BOOST_TEST(image.describe(k_address + 4) == "first+0x4");
  BOOST_TEST(image.describe(k_address + 11) == "second+0x3");
  BOOST_TEST(image.describe(k_address + 14) == "label+0x2");
  BOOST_TEST(image.describe(k_address + 16) == "");  // behind the code
  BOOST_TEST(image.describe(0) == "");
  image.require_within(k_address, 32);
}

BOOST_AUTO_TEST_CASE(what_is_no_image_for_this_core_is_refused_by_name) {
  BOOST_TEST(contains(refusal([](SmallElf& elf) { elf.header.e_machine = EM_X86_64; }),
                      "another machine"));
  BOOST_TEST(
      contains(refusal([](SmallElf& elf) { elf.header.e_ident[EI_DATA] = ELFDATA2MSB; }), ""));
  BOOST_TEST(contains(refusal([](SmallElf& elf) { elf.header.e_type = ET_DYN; }), "executable"));
  BOOST_TEST(contains(refusal([](SmallElf& elf) { elf.segment.p_type = PT_NOTE; }), "no segment"));
  BOOST_TEST(contains(refusal("no elf at all, but long enough to be read as one, maybe so"),
                      "no ELF file"));
  BOOST_TEST(contains(refusal(std::string()), "no ELF file"));
}

BOOST_AUTO_TEST_CASE(a_big_endian_or_32_bit_image_is_refused) {
  BOOST_TEST(!refusal([](SmallElf& elf) { elf.header.e_ident[EI_DATA] = ELFDATA2MSB; }).empty());
  BOOST_TEST(!refusal([](SmallElf& elf) { elf.header.e_ident[EI_CLASS] = ELFCLASS32; }).empty());
}

BOOST_AUTO_TEST_CASE(a_file_cut_off_anywhere_is_refused_or_loses_names_only) {
  const std::string whole = SmallElf().bytes();
  const std::size_t loaded = sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + 4 * sizeof(Elf64_Shdr) + 16;
  for (std::size_t size = 0; size < loaded; ++size) {
    BOOST_TEST(!refusal(whole.substr(0, size)).empty(), "accepted " << size << " bytes");
  }
  for (std::size_t size = loaded; size < whole.size(); ++size) {
    refusal(whole.substr(0, size));
  }
}

BOOST_AUTO_TEST_CASE(segments_that_lie_outside_or_are_too_large_are_refused) {
  const auto at = [](std::uint64_t address, std::uint64_t size) {
    return [=](SmallElf& elf) {
      elf.segment.p_paddr = address;
      elf.segment.p_memsz = size;
      elf.header.e_entry = address;
    };
  };
  BOOST_TEST(contains(refusal(at(k_address - 16, 32)), "outside"));
  BOOST_TEST(contains(refusal(at(k_address, 65)), "outside"));
  BOOST_TEST(contains(refusal(at(k_address + 48, 32)), "outside"));
  BOOST_TEST(contains(refusal(at(0x1000, 32)), "outside"));
  BOOST_TEST(contains(refusal(at(k_address, std::uint64_t{1} << 40)), "too large"));
  BOOST_TEST(contains(refusal(at(~std::uint64_t{0} - 8, 32)), "too large"));
  BOOST_TEST(contains(refusal(at(k_address, 8)), "too large"));  // less memory than bytes
  BOOST_TEST(
      contains(refusal([](SmallElf& elf) { elf.header.e_entry = k_address + 40; }), "entry point"));
}

BOOST_AUTO_TEST_CASE(damaged_headers_never_crash) {
  const std::string whole = SmallElf().bytes();
  for (std::size_t i = 4; i < whole.size(); ++i) {
    for (const int value : {0x00, 0x7F, 0xFF}) {
      std::string spoilt = whole;
      spoilt[i] = static_cast<char>(value);
      refusal(spoilt);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
