#include <invar/trace/vcd_file.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace invar::trace {
namespace {

constexpr std::size_t k_buffer_bytes = std::size_t{64} << 10;

struct Scope {
  std::string name;
  std::vector<std::unique_ptr<Scope>> scopes;
  std::vector<const VcdVariable*> variables;

  Scope& child(const std::string& child_name) {
    for (const std::unique_ptr<Scope>& scope : scopes) {
      if (scope->name == child_name) {
        return *scope;
      }
    }
    scopes.push_back(std::make_unique<Scope>());
    scopes.back()->name = child_name;
    return *scopes.back();
  }
};

std::string leaf(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

void append_scope(const Scope& scope, std::string& text) {
  for (const VcdVariable* variable : scope.variables) {
    const bool real = variable->format.kind == SignalFormat::Kind::real;
    const unsigned width = real ? 64 : variable->format.width;
    text += real ? "$var real " : "$var wire ";
    text += std::to_string(width) + ' ' + variable->code + ' ' + leaf(variable->name);
    if (!real && width > 1) {
      text += " [" + std::to_string(width - 1) + ":0]";
    }
    text += " $end\n";
  }
  for (const std::unique_ptr<Scope>& child : scope.scopes) {
    text += "$scope module " + child->name + " $end\n";
    append_scope(*child, text);
    text += "$upscope $end\n";
  }
}

void append_value(const VcdVariable& variable, std::string& text) {
  if (variable.format.kind == SignalFormat::Kind::real) {
    double value = 0.0;
    std::memcpy(&value, &variable.value, sizeof value);
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), "%.10g", value);
    text += 'r';
    text += digits.data();
    text += ' ';
  } else if (variable.format.width == 1) {
    text += variable.known ? ((variable.value & 1u) != 0 ? '1' : '0') : 'x';
  } else {
    text += 'b';
    if (!variable.known) {
      text += 'x';
    } else {
      unsigned bit = variable.format.width;
      while (bit > 1 && (variable.value >> (bit - 1) & 1u) == 0) {
        --bit;  // leading zeros go without saying
      }
      for (; bit > 0; --bit) {
        text += (variable.value >> (bit - 1) & 1u) != 0 ? '1' : '0';
      }
    }
    text += ' ';
  }
  text += variable.code;
  text += '\n';
}

}  // namespace

std::string vcd_code(std::uint64_t index) {
  std::string code;
  do {
    code += static_cast<char>('!' + index % 94);
    index /= 94;
  } while (index-- > 0);
  return code;
}

VcdFile::VcdFile(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "w")) {
  if (!file_) {
    throw std::runtime_error("cannot write '" + path + "': " + std::strerror(errno));
  }
}

void VcdFile::write_header(const std::vector<VcdVariable>& variables) {
  Scope root;
  for (const VcdVariable& variable : variables) {
    if (!variable.selected) {
      continue;
    }
    Scope* scope = &root;
    std::size_t begin = 0;
    for (std::size_t dot = variable.name.find('.'); dot != std::string::npos;
         dot = variable.name.find('.', begin)) {
      scope = &scope->child(variable.name.substr(begin, dot - begin));
      begin = dot + 1;
    }
    scope->variables.push_back(&variable);
  }
  // No date: the same run gives the same file.
  buffer_ += "$version Invar $end\n$timescale 1 ps $end\n";
  append_scope(root, buffer_);
  buffer_ += "$enddefinitions $end\n";
}

void VcdFile::write_initial_values(std::uint64_t time_ps, std::vector<VcdVariable>& variables) {
  buffer_ += '#' + std::to_string(time_ps) + "\n$dumpvars\n";
  for (VcdVariable& variable : variables) {
    if (variable.selected) {
      write_value(variable);
    }
  }
  buffer_ += "$end\n";
  flush();
}

void VcdFile::write_time(std::uint64_t time_ps) {
  flush_when_due();
  buffer_ += '#' + std::to_string(time_ps) + '\n';
}

void VcdFile::write_value(VcdVariable& variable) {
  append_value(variable, buffer_);
  variable.written_known = variable.known;
  variable.written = variable.value;
}

void VcdFile::write_comment(const std::string& text) {
  buffer_ += "$comment " + text + " $end\n";
}

void VcdFile::flush_when_due() {
  if (buffer_.size() >= k_buffer_bytes ||
      std::chrono::steady_clock::now() - last_flush_ > std::chrono::seconds(1)) {
    flush();
  }
}

void VcdFile::flush() {
  if (file_ && !failed_) {
    failed_ = std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size() ||
              std::fflush(file_.get()) != 0;
  }
  bytes_written_ += buffer_.size();
  buffer_.clear();
  last_flush_ = std::chrono::steady_clock::now();
}

void VcdFile::close() {
  flush();
  file_.reset();
}

}  // namespace invar::trace
