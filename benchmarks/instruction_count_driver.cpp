// Runs the kernels of instruction_count.py on the simulator and prints, for each, its result and
// the simulator's own count of its instructions.
//
//   instruction_count_driver PLUG_IN IMAGE
#include <cstdio>

#include "iss_host.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "instruction_count_driver PLUG_IN IMAGE\n");
    return 2;
  }
  invar::benchmarks::IssHost host(argv[1]);
  host.load_image(argv[2]);
  std::vector<std::uint64_t> counts;
  std::string text;
  host.store = [&](std::uint64_t address, std::uint32_t value) {
    if (address == 0x1000'1000) {
      counts.push_back(host.functions->counts(host.hart)->instructions);
    } else if (address == 0x1000'0000) {
      text += static_cast<char>(value);
    }
  };
  host.run_to_wfi();

  // The program prints result and counter by turns; only the results mean something here.
  std::size_t from = 0;
  for (std::size_t kernel = 1; kernel < counts.size(); ++kernel) {
    const std::size_t end = text.find('\n', from);
    std::printf("%s\n%llu\n", text.substr(from, end - from).c_str(),
                static_cast<unsigned long long>(counts[kernel] - counts[kernel - 1]));
    from = text.find('\n', end + 1) + 1;
  }
  return 0;
}
