#ifndef INVAR_TESTS_SYSTEM_TRAINING_FIXTURE_H
#define INVAR_TESTS_SYSTEM_TRAINING_FIXTURE_H

#include <boost/test/unit_test.hpp>
#include <string>

#include "system/command_fixture.h"

namespace invar::tests {

/// A few steps of K-FAC on bars: enough for two inversions of every factor, or, with an
/// `--inverse-interval`, for several.
struct TrainingFixture : CommandFixture {
  TrainingFixture() { write_bars(640, 64); }

  /// \param before what stands in front of the binary
  Outcome train(const std::string& more, const std::string& before = {}) const {
    return invar(
        "train --dataset . --batch 64 --epochs 1.2 --channels 4 --learning-rate 0.02 --quiet " +
            more,
        before);
  }
  /// Of a training that has to end well.
  nlohmann::json report_of(const std::string& name, const std::string& more) const {
    const Outcome outcome = train(more + " --report " + name + ".json");
    BOOST_TEST(outcome.status == 0, name << ": " << outcome.error);
    return report(name + ".json");
  }
};

}  // namespace invar::tests

#endif
