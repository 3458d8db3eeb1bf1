#ifndef INVAR_PARAMETERS_PARAMETER_LIST_H
#define INVAR_PARAMETERS_PARAMETER_LIST_H

#include <invar/parameters/parameter.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace invar::parameters {

/// The parameters of a structure, in the order of listings, without its type. Made as a
/// `Description` (description.h), which gives access to the structure.
class ParameterList {
 public:
  const std::vector<Parameter>& parameters() const { return parameters_; }
  /// \param key "group.name" \return nullptr if there is none
  const Parameter* find(std::string_view key) const;
  /// \throws std::invalid_argument as `unknown` says it
  const Parameter& at(std::string_view key) const;
  /// "unknown parameter tile.rwos; did you mean tile.rows?"; where none is near, how all are
  /// listed.
  std::string unknown(std::string_view key) const;
  /// In the order of listings, each once.
  std::vector<std::string> groups() const;
  /// \param how for people: "`invar params` lists all"
  void listed_by(std::string how) { listed_by_ = std::move(how); }

 protected:
  void add(Parameter parameter);
  void add(std::string_view key, Parameter::Kind kind, std::string_view unit,
           std::string_view description, std::string_view source,
           std::shared_ptr<const Field> field);
  /// The one that was added last.
  Parameter& last() { return parameters_.back(); }
  Parameter& at_own(std::string_view key);
  void set_range(Range range);
  void set_choices(std::vector<std::string> names);
  /// \throws std::invalid_argument "KEY = VALUE: must be ..." for the first that is out of range
  void check_all(const void* structure) const;

 private:
  std::vector<Parameter> parameters_;
  std::string listed_by_;
};

}  // namespace invar::parameters

#endif
