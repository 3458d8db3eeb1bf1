#ifndef INVAR_PLATFORM_CONFIGURATION_APP_DESCRIPTION_H
#define INVAR_PLATFORM_CONFIGURATION_APP_DESCRIPTION_H

// How the platform describes the parameters of sw/boot/app_parameters.h.

#include <invar/parameters/description.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/sw/boot/app_parameters.h>

#include <type_traits>

namespace invar::platform {

/// A parameter of the firmware's, as the type of its field on this side says.
template <typename Structure, typename Type>
void describe(parameters::Description<Structure>& all, const char* name, Type Structure::*member,
              parameters::Range range, const char* unit, const char* text, const char* source,
              const char* flag, const char* argument) {
  if constexpr (std::is_same_v<Type, bool>) {
    all.flag(name, member, text, source);
  } else if constexpr (std::is_floating_point_v<Type>) {
    all.real(name, member, range, unit, text, source);
  } else {
    all.integer(name, member, range, unit, text, source);
  }
  all.with_flag(flag, argument);
}

/// What solves on the accelerator promise and which blocks its tiles hold.
template <typename Structure>
void describe_service(parameters::Description<Structure>& all) {
  all.choice("service", &Structure::service,
             {{"refined", SolveService::refined},
              {"checked", SolveService::checked},
              {"single_shot", SolveService::single_shot}},
             "what solves on the accelerator promise: residuals within the tolerance, signed sums "
             "of small groups within solver.check_tolerance, or one shot as good as probes told",
             "choice: docs/results.md")
      .with_flag("--service", "NAME")
      .choice("block_layout", &Structure::block_layout,
              {{"nested", BlockLayout::nested}, {"diagonal", BlockLayout::diagonal}},
              "matrices on several tiles: nested block inverses, or their diagonal blocks alone",
              "choice: docs/results.md")
      .with_flag("--block-layout", "NAME");
}

// A row of a table, into the description `all` of a `Structure`.
#define INVAR_ABOVE_SINGLE false
#define INVAR_ABOVE_SINGLE_ABOVE true
#define INVAR_ABOVE_DOUBLE false
#define INVAR_ABOVE_COUNT false
#define INVAR_ABOVE_SWITCH false
#define INVAR_DESCRIBE(kind, field, fallback, lowest, highest, unit, text, source, flag, argument) \
  describe(all, #field, &Structure::field, {lowest, highest, INVAR_ABOVE_##kind}, unit, text,      \
           source, flag, argument);

}  // namespace invar::platform

#endif
