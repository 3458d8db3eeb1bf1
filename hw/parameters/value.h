#ifndef INVAR_PARAMETERS_VALUE_H
#define INVAR_PARAMETERS_VALUE_H

#include <cstdint>
#include <string>
#include <variant>

namespace invar::parameters {

/// What a parameter may hold. A choice is the text of its name.
using Value = std::variant<bool, std::int64_t, double, std::string>;

/// As TOML spells it: 3, 0.5, true, "text". Doubles read back to the same bits.
std::string to_text(const Value& value);

/// The shortest decimal number that reads back to the same bits: 0.1, 40, 1e-09.
std::string number_text(double number);

/// Ten digits, for people.
std::string short_text(double number);

}  // namespace invar::parameters

#endif
