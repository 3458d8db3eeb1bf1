#ifndef INVAR_PARAMETERS_PARAMETER_H
#define INVAR_PARAMETERS_PARAMETER_H

#include <invar/parameters/origin.h>
#include <invar/parameters/value.h>

#include <memory>
#include <string>
#include <vector>

namespace invar::parameters {

/// Reads and writes one member of a structure whose type it knows.
class Field {
 public:
  virtual ~Field() = default;
  /// \param structure of the type that the field was made for
  virtual Value get(const void* structure) const = 0;
  /// \param value as `Parameter::checked` returns it
  virtual void set(void* structure, const Value& value) const = 0;
};

/// One parameter, declared once in the description of its structure (description.h). Range checks,
/// configuration files, listings, flags and reports work from this.
struct Parameter {
  enum class Kind { whole, real, flag, text, choice };

  std::string key;  ///< "group.name"
  Kind kind = Kind::real;
  Range range{0.0, 0.0};             ///< of numbers
  std::vector<std::string> choices;  ///< names of a choice
  std::string allowed;               ///< the same for people: "from 1 to 512"
  std::string unit;                  ///< empty: a bare number, a flag, a text, a choice
  std::string description;
  Origin origin;              ///< of the default
  std::string flag;           ///< of a command line: "--epochs"; empty: none of its own
  std::string flag_argument;  ///< what a command line's help shows as the flag's value
  /// False for what cannot change results: threads, paths.
  bool affects_results = true;
  /// Whether the default follows from other parameters where the user sets nothing.
  bool has_dependent_default = false;
  std::shared_ptr<const Field> field;

  std::string group() const { return key.substr(0, key.find('.')); }
  std::string name() const { return key.substr(key.find('.') + 1); }

  /// The value as the field takes it: a whole number where a real one is asked for is one.
  /// \throws std::invalid_argument "KEY = VALUE: must be ..." for another kind, or out of range
  Value checked(const Value& value) const;
  /// The value that a text of a command line means. What cannot be read stays a text, which
  /// `checked` then refuses.
  Value parse(const std::string& text) const;
};

}  // namespace invar::parameters

#endif
