#include <invar/parameters/origin.h>
#include <invar/parameters/value.h>

namespace invar::parameters {
namespace {

bool begins_with(const std::string& text, const std::string& word) {
  return text.compare(0, word.size(), word) == 0;
}

bool is_same(const std::optional<Range>& a, const std::optional<Range>& b) {
  return a.has_value() == b.has_value() &&
         (!a || (a->lowest == b->lowest && a->highest == b->highest));
}

}  // namespace

bool operator==(const Origin& a, const Origin& b) {
  return a.source == b.source && a.node == b.node && a.year == b.year &&
         is_same(a.believed, b.believed);
}

std::string confidence(const Origin& origin) {
  for (const char* word : {"assumption", "choice", "measured", "derived"}) {
    if (begins_with(origin.source, word)) {
      return word;
    }
  }
  return origin.source.find("secondary") != std::string::npos ? "secondary" : "published";
}

std::string to_text(const Origin& origin) {
  std::string text = origin.source;
  const std::string sure = confidence(origin);
  if (!origin.node.empty()) {
    text += "; " + origin.node;
  }
  if (origin.year != 0) {
    text += (origin.node.empty() ? "; " : ", ") + std::to_string(origin.year);
  }
  if (!begins_with(origin.source, sure)) {
    text += "; " + sure;
  }
  if (origin.believed) {
    text += "; believed from " + short_text(origin.believed->lowest) + " to " +
            short_text(origin.believed->highest);
  }
  return text;
}

}  // namespace invar::parameters
