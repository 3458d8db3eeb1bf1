#ifndef INVAR_PARAMETERS_ORIGIN_H
#define INVAR_PARAMETERS_ORIGIN_H

#include <map>
#include <optional>
#include <string>

namespace invar::parameters {

/// From the lowest to the highest allowed value; `above` excludes the lowest itself.
struct Range {
  double lowest;
  double highest;
  bool above = false;
};

/// "from 1 to 24", "above 0 and at most 1".
std::string to_text(Range range);

/// Where a value comes from, and how far it may be trusted.
struct Origin {
  std::string source = {};  ///< a paper, a data set, or begins with a word that `confidence` knows
  std::string node = {};    ///< technology that it is of: "40 nm"; empty: of none, or not said
  int year = 0;             ///< of the source; 0: not said
  /// Where the true value may lie; empty: not said, or not a matter of belief.
  std::optional<Range> believed = {};

  friend bool operator==(const Origin& a, const Origin& b);
};

/// How sure a value is, surest first: "measured" or "derived" here, "published", "secondary" (who
/// published it was quoted by somebody else), "assumption"; "choice" where there is nothing to be
/// sure of. The first word of the source says so; "secondary" stands anywhere in it; all else is
/// published.
std::string confidence(const Origin& origin);

/// "CiMLoop, wan_nature_2022; 130 nm, 2022; published; believed from 1.2 to 2".
std::string to_text(const Origin& origin);

/// By key of a parameter.
using Origins = std::map<std::string, Origin>;

}  // namespace invar::parameters

#endif
