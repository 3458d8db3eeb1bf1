#ifndef INVAR_PARAMETERS_DESCRIPTION_H
#define INVAR_PARAMETERS_DESCRIPTION_H

#include <invar/parameters/description_fwd.h>
#include <invar/parameters/field.h>
#include <invar/parameters/parameter_list.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace invar::parameters {

/// Everything that is to be said about a structure of parameters, said once: for each member its
/// name, range, unit, text and source. Members and their defaults stay in the structure.
///
/// \code
/// const Description<DacParameters>& DacParameters::description() {
///   static const auto all =
///       Description<DacParameters>("dac")
///           .integer("bits", &DacParameters::bits, {1, 24}, "bit", "resolution", "choice")
///           .real("full_scale_v", &DacParameters::full_scale_v, {1e-6, 10}, "V",
///                 "largest output", "assumption");
///   return all;
/// }
/// \endcode
///
/// A member is given by a pointer to it, or by a function from the structure (const or not) to a
/// reference. `source` is a paper, a data set, or begins with a word that `confidence` knows.
template <typename Structure>
class Description : public ParameterList {
 public:
  /// \param group of the keys of the structure's own parameters: "dac" for "dac.bits"
  explicit Description(std::string_view group = {}) : group_(group) {}

  /// Whole numbers of any width. One that does not fit an int64 reads as the largest that does.
  template <typename Member>
  Description& integer(std::string_view name, Member member, Range range, std::string_view unit,
                       std::string_view description, std::string_view source) {
    declare<WholeField<Structure, Member>>(name, Parameter::Kind::whole, unit, description, source,
                                           member);
    set_range(range);
    return *this;
  }
  template <typename Member>
  Description& real(std::string_view name, Member member, Range range, std::string_view unit,
                    std::string_view description, std::string_view source) {
    declare<RealField<Structure, Member>>(name, Parameter::Kind::real, unit, description, source,
                                          member);
    set_range(range);
    return *this;
  }
  template <typename Member>
  Description& flag(std::string_view name, Member member, std::string_view description,
                    std::string_view source) {
    declare<PlainField<Structure, Member>>(name, Parameter::Kind::flag, {}, description, source,
                                           member);
    return *this;
  }
  template <typename Member>
  Description& text(std::string_view name, Member member, std::string_view description,
                    std::string_view source) {
    declare<PlainField<Structure, Member>>(name, Parameter::Kind::text, {}, description, source,
                                           member);
    return *this;
  }
  /// One of several names, stored as an enumeration.
  template <typename Member>
  Description& choice(std::string_view name, Member member,
                      const std::vector<NamedValue<MemberType<Structure, Member>>>& choices,
                      std::string_view description, std::string_view source) {
    declare<ChoiceField<Structure, Member>>(name, Parameter::Kind::choice, {}, description, source,
                                            member, choices);
    std::vector<std::string> names;
    for (const auto& one : choices) {
      names.emplace_back(one.name);
    }
    set_choices(std::move(names));
    return *this;
  }
  /// The same for values that have names already. \param name_of "fp16", for NumberFormat::fp16
  template <typename Member>
  Description& choice(std::string_view name, Member member,
                      std::initializer_list<MemberType<Structure, Member>> values,
                      const char* (*name_of)(MemberType<Structure, Member>),
                      std::string_view description, std::string_view source) {
    std::vector<NamedValue<MemberType<Structure, Member>>> choices;
    for (const auto value : values) {
      choices.push_back({name_of(value), value});
    }
    return choice(name, member, choices, description, source);
  }
  /// All parameters of a member that is a structure itself, under the keys that they have there,
  /// but for those named.
  template <typename Member>
  Description& include(Member member, const Description<MemberType<Structure, Member>>& inner,
                       std::initializer_list<std::string_view> but_for = {}) {
    for (Parameter parameter : inner.parameters()) {
      bool wanted = true;
      for (const std::string_view key : but_for) {
        wanted = wanted && parameter.key != key;
      }
      if (wanted) {
        parameter.field =
            std::make_shared<NestedField<Structure, Member>>(member, std::move(parameter.field));
        add(std::move(parameter));
      }
    }
    return *this;
  }

  // Of the parameter declared last.
  Description& with_flag(std::string_view flag, std::string_view argument) {
    last().flag = flag;
    last().flag_argument = argument;
    return *this;
  }
  /// \param name of another one, declared before
  Description& with_dependent_default(std::string_view name = {}) {
    (name.empty() ? last() : at_own(key_of(name))).has_dependent_default = true;
    return *this;
  }
  /// Technology and year of the source.
  Description& of(std::string_view node, int year = 0) {
    last().origin.node = node;
    last().origin.year = year;
    return *this;
  }
  Description& of(int year) { return of({}, year); }
  /// Where the true value may lie.
  Description& believed(double lowest, double highest) {
    last().origin.believed = Range{lowest, highest};
    return *this;
  }
  /// It cannot change results.
  Description& host_only() {
    last().affects_results = false;
    return *this;
  }

  /// \throws std::invalid_argument "KEY = VALUE: must be ..." for the first that is out of range
  void check(const Structure& structure) const { check_all(&structure); }
  /// \param key "group.name" \throws std::invalid_argument for a key that is not there
  Value get(const Structure& structure, std::string_view key) const {
    return at(key).field->get(&structure);
  }
  /// \throws std::invalid_argument for a key that is not there, another kind, or out of range
  void set(Structure& structure, std::string_view key, const Value& value) const {
    const Parameter& parameter = at(key);
    parameter.field->set(&structure, parameter.checked(value));
  }

 private:
  std::string key_of(std::string_view name) const { return group_ + "." + std::string(name); }
  template <typename FieldOfMember, typename... Arguments>
  void declare(std::string_view name, Parameter::Kind kind, std::string_view unit,
               std::string_view description, std::string_view source, Arguments... arguments) {
    add(key_of(name), kind, unit, description, source,
        std::make_shared<FieldOfMember>(arguments...));
  }

  std::string group_;
};

}  // namespace invar::parameters

#endif
