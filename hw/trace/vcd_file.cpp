#include <invar/trace/vcd_file.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>

namespace invar::trace {
namespace {

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
  file_.text() += "$version Invar $end\n$timescale 1 ps $end\n";
  append_scope(root, file_.text());
  file_.text() += "$enddefinitions $end\n";
}

void VcdFile::write_initial_values(std::uint64_t time_ps, std::vector<VcdVariable>& variables) {
  file_.text() += '#' + std::to_string(time_ps) + "\n$dumpvars\n";
  for (VcdVariable& variable : variables) {
    if (variable.selected) {
      write_value(variable);
    }
  }
  file_.text() += "$end\n";
  flush();
}

void VcdFile::write_time(std::uint64_t time_ps) {
  file_.flush_when_due();
  file_.text() += '#' + std::to_string(time_ps) + '\n';
}

void VcdFile::write_value(VcdVariable& variable) {
  append_value(variable, file_.text());
  variable.written_known = variable.known;
  variable.written = variable.value;
}

void VcdFile::write_comment(const std::string& text) {
  file_.text() += "$comment " + text + " $end\n";
}

}  // namespace invar::trace
