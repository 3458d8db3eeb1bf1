#include <fcntl.h>
#include <fmt/format.h>
#include <gelf.h>
#include <invar/platform/host_core/elf_image.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace invar::platform {
namespace {

/// Far above any firmware; keeps a damaged header from asking for the host's memory.
constexpr std::uint64_t k_most_bytes = std::uint64_t{1} << 28;

struct File {
  /// Does not wait for a writer, should the path be a pipe.
  explicit File(const std::string& path)
      : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor < 0) {
      throw std::runtime_error(path + ": " + std::strerror(errno));
    }
  }
  ~File() { close(descriptor); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor;
};

struct EndElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, EndElf>;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error(path + ": " + why);
}

void check_header(const std::string& path, const GElf_Ehdr& header) {
  if (header.e_machine != EM_RISCV) {
    refuse(path, fmt::format("is for another machine (ELF machine {}), must be for RISC-V ({})",
                             header.e_machine, EM_RISCV));
  }
  if (header.e_ident[EI_CLASS] != ELFCLASS64) {
    refuse(path, "is a 32-bit image, must be 64-bit (rv64gc)");
  }
  if (header.e_ident[EI_DATA] != ELFDATA2LSB) {
    refuse(path, "is big-endian, must be little-endian");
  }
  if (header.e_type != ET_EXEC) {
    refuse(path,
           "is no executable at fixed addresses (ELF type EXEC): link it with a script, "
           "without -pie");
  }
}

}  // namespace

ElfImage::ElfImage(const std::string& path) : path_(path) {
  elf_version(EV_CURRENT);
  const File file(path);
  struct stat status {};
  if (fstat(file.descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    refuse(path, "is no regular file");
  }
  const ElfHandle elf(elf_begin(file.descriptor, ELF_C_READ, nullptr));
  GElf_Ehdr header;
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF || gelf_getehdr(elf.get(), &header) == nullptr) {
    refuse(path, "is no ELF file");
  }
  check_header(path, header);
  entry_ = header.e_entry;

  const auto file_bytes = static_cast<std::uint64_t>(status.st_size);
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  if (elf_getphdrnum(elf.get(), &count) != 0) {
    refuse(path, "is damaged: its program headers cannot be read");
  }
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr part;
    if (gelf_getphdr(elf.get(), static_cast<int>(i), &part) == nullptr) {
      refuse(path, "is truncated: its program headers end early");
    }
    if (part.p_type != PT_LOAD || part.p_memsz == 0) {
      continue;
    }
    if (part.p_offset > file_bytes || part.p_filesz > file_bytes - part.p_offset) {
      refuse(path, fmt::format("is truncated: segment {} wants {} bytes at offset {}, the file has "
                               "{}",
                               i, part.p_filesz, part.p_offset, file_bytes));
    }
    bytes += part.p_filesz;
    if (part.p_filesz > part.p_memsz || part.p_memsz > k_most_bytes || bytes > k_most_bytes ||
        part.p_paddr + part.p_memsz < part.p_paddr) {
      refuse(path, fmt::format("segment {} at {:#x} has {} bytes: too large", i, part.p_paddr,
                               part.p_memsz));
    }
    Segment segment{part.p_paddr, part.p_vaddr, part.p_memsz, {}};
    for (const Segment& other : segments_) {
      if (segment.address < other.address + other.size &&
          other.address < segment.address + segment.size) {
        refuse(path,
               fmt::format("segments at {:#x} and {:#x} overlap", other.address, segment.address));
      }
    }
    segment.bytes.resize(part.p_filesz);
    if (part.p_filesz != 0 &&
        pread(file.descriptor, segment.bytes.data(), part.p_filesz,
              static_cast<off_t>(part.p_offset)) != static_cast<ssize_t>(part.p_filesz)) {
      refuse(path, "cannot be read");
    }
    segments_.push_back(std::move(segment));
  }
  if (segments_.empty()) {
    refuse(path, "has no segment to load");
  }

  for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf.get(), section)) != nullptr;) {
    GElf_Shdr shape;
    if (gelf_getshdr(section, &shape) == nullptr || shape.sh_type != SHT_SYMTAB ||
        shape.sh_entsize == 0) {
      continue;
    }
    Elf_Data* data = elf_getdata(section, nullptr);
    for (std::size_t i = 0; data != nullptr && i < data->d_size / shape.sh_entsize; ++i) {
      GElf_Sym symbol;
      if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr) {
        break;
      }
      const char* name = elf_strptr(elf.get(), shape.sh_link, symbol.st_name);
      const unsigned type = GELF_ST_TYPE(symbol.st_info);
      // Names with a dollar are marks of the assembler: what follows is code, or data.
      if (name != nullptr && *name != '\0' && *name != '$' && symbol.st_shndx != SHN_UNDEF &&
          (type == STT_FUNC || (type == STT_NOTYPE && symbol.st_shndx < SHN_LORESERVE))) {
        functions_.push_back({symbol.st_value, symbol.st_size, name});
      }
    }
  }
  // Where names share an address, one with a size is the function; the others are labels.
  std::stable_sort(functions_.begin(), functions_.end(), [](const Function& a, const Function& b) {
    return a.first != b.first ? a.first < b.first : a.size < b.size;
  });
}

void ElfImage::require_within(std::uint64_t first, std::uint64_t bytes) const {
  bool entered = false;
  for (const Segment& segment : segments_) {
    if (segment.address < first || segment.size > bytes ||
        segment.address - first > bytes - segment.size) {
      refuse(path_, fmt::format("segment {:#x} to {:#x} lies outside {:#x} to {:#x}, the RAM for "
                                "firmware",
                                segment.address, segment.address + (segment.size - 1), first,
                                first + (bytes - 1)));
    }
    entered = entered || (entry_ >= segment.address && entry_ - segment.address < segment.size);
  }
  if (!entered) {
    refuse(path_, fmt::format("entry point {:#x} lies in no segment", entry_));
  }
}

std::string ElfImage::describe(std::uint64_t address) const {
  auto after = std::upper_bound(
      functions_.begin(), functions_.end(), address,
      [](std::uint64_t value, const Function& function) { return value < function.first; });
  // A label without a size reaches to the next symbol, but never beyond its segment.
  for (; after != functions_.begin(); --after) {
    const Function& function = *(after - 1);
    const std::uint64_t offset = address - function.first;
    if (function.size != 0 && offset >= function.size) {
      continue;
    }
    const auto holds = [&](const Segment& segment) {
      return address >= segment.virtual_address &&
             address - segment.virtual_address < segment.bytes.size();
    };
    if (std::none_of(segments_.begin(), segments_.end(), holds)) {
      return {};
    }
    return offset == 0 ? function.name : fmt::format("{}+{:#x}", function.name, offset);
  }
  return {};
}

}  // namespace invar::platform
