#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace hookjournal {

// From now on a command that comes to parse its arguments hands its options to `describe`
// instead, and ends with 0: so that man page and completion are made of what is parsed,
// with nothing to keep in step. Nothing given: commands run again.
void describe_instead(std::function<void(const CLI::App&)> describe);

}  // namespace hookjournal
