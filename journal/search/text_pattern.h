#pragma once

#include <string>
#include <string_view>

namespace hookjournal {

// A text that is looked for, as it is. Letters of ASCII match in either case, unless
// there is a capital among those looked for: then each must be as it is written.
class TextPattern {
 public:
  explicit TextPattern(std::string text);

  bool in(std::string_view bytes) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool exact_;
};

}  // namespace hookjournal
