#pragma once

#include <chrono>

#include "cli/install/installer.h"
#include "cli/install/planned_change.h"
#include "tests/unit/cli/hooks_fixture.h"

// Hooks directories like those people have, and short ways to install into them.
namespace hookjournal::test {

struct TreeShape {
  const char* name;
  void (*build)(HooksFixture&);
};
extern const TreeShape kShapes[];
extern const int kShapeCount;

void build_dispatcher(HooksFixture& tree);
void build_everything(HooksFixture& tree);
// Another owner, an ACL, a user's attribute and a security label. Says so loudly when the
// machine lets one not be set.
void build_attributes(HooksFixture& tree, const std::string& name);
bool set_acl(const std::filesystem::path& path, const char* kind);

// Where no hook runs meanwhile.
constexpr std::chrono::milliseconds kNoGrace{0};

InstallRequest request_for(const HooksFixture& tree);
std::vector<PlannedChange> install(const InstallRequest& request);
std::vector<PlannedChange> uninstall(const HooksFixture& tree);
std::vector<PlannedChange> troubles(std::vector<PlannedChange> changes);
std::string words(const HooksFixture& tree);  // "#!RECORDER "

// As a user who is not root, whom permissions bind, while it lives. Opens the tree's
// folder to that user.
class AsOrdinaryUser {
 public:
  explicit AsOrdinaryUser(const HooksFixture& tree);
  ~AsOrdinaryUser();
  AsOrdinaryUser(const AsOrdinaryUser&) = delete;
};

}  // namespace hookjournal::test
