#ifndef INVAR_TESTS_TRACE_VCD_READER_H
#define INVAR_TESTS_TRACE_VCD_READER_H

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace invar::test {

/// A Value Change Dump read back, independently of what wrote it.
struct VcdContents {
  using Changes = std::vector<std::pair<std::uint64_t, std::string>>;

  std::map<std::string, Changes> signals;  ///< by hierarchical name: time in ps and value
  std::map<std::string, unsigned> widths;
  std::vector<std::string> comments;
  std::string timescale;
  std::vector<std::uint64_t> times;
};

inline VcdContents read_vcd(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error("cannot read " + path);
  }
  VcdContents vcd;
  std::map<std::string, std::string> names;
  std::vector<std::string> scopes;
  std::uint64_t time = 0;
  const auto until_end = [&] {
    std::string text;
    for (std::string word; file >> word && word != "$end";) {
      text += (text.empty() ? "" : " ") + word;
    }
    return text;
  };
  for (std::string word; file >> word;) {
    if (word == "$timescale") {
      vcd.timescale = until_end();
    } else if (word == "$comment") {
      vcd.comments.push_back(until_end());
    } else if (word == "$scope") {
      scopes.push_back(until_end().substr(7));
    } else if (word == "$upscope") {
      until_end();
      scopes.pop_back();
    } else if (word == "$var") {
      std::istringstream fields(until_end());
      std::string type, code, leaf;
      unsigned width = 0;
      fields >> type >> width >> code >> leaf;
      std::string name;
      for (const std::string& scope : scopes) {
        name += scope + '.';
      }
      name += leaf;
      names[code] = name;
      vcd.widths[name] = width;
      vcd.signals[name];
    } else if (word == "$version" || word == "$date" || word == "$enddefinitions") {
      until_end();
    } else if (word[0] == '#') {
      time = std::stoull(word.substr(1));
      vcd.times.push_back(time);
    } else if (word[0] == 'b' || word[0] == 'r') {
      std::string code;
      file >> code;
      vcd.signals.at(names.at(code)).emplace_back(time, word.substr(1));
    } else if (word[0] != '$') {
      vcd.signals.at(names.at(word.substr(1))).emplace_back(time, word.substr(0, 1));
    }
  }
  return vcd;
}

}  // namespace invar::test

#endif
