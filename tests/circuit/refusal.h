#ifndef INVAR_TESTS_CIRCUIT_REFUSAL_H
#define INVAR_TESTS_CIRCUIT_REFUSAL_H

#include <stdexcept>
#include <string>

namespace invar::test {

/// The message of the error that `call` throws, or what happened instead.
template <typename Error = std::invalid_argument, typename Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

inline bool mentions(const std::string& message, const std::string& part) {
  return message.find(part) != std::string::npos;
}

}  // namespace invar::test

#endif
