#include <fmt/format.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/boot_parameters.h>

#include <limits>

namespace invar::platform {
namespace {

void copy(const char* key, double from, float& to) {
  to = static_cast<float>(from);
  if (to == 0.0f && from != 0.0) {
    throw InputError(
        fmt::format("{} = {}: must be 0 or at least {:g} in magnitude: the machine "
                    "computes in binary32",
                    key, from, std::numeric_limits<float>::denorm_min()));
  }
}

void copy(const char*, double from, double& to) {
  to = from;
}

void copy(const char*, int from, std::uint32_t& to) {
  to = static_cast<std::uint32_t>(from);
}

}  // namespace

#define INVAR_COPY(group, field) copy(group "." #field, from.field, to.field);
#define INVAR_COPY_TRAIN(kind, field, ...) INVAR_COPY("train", field)
#define INVAR_COPY_SOLVE(kind, field, ...) INVAR_COPY("solve", field)
#define INVAR_COPY_WORKLOAD(kind, field, ...) INVAR_COPY("workload", field)

void copy_parameters(const TrainParameters& from, invar_train_parameters& to) {
  INVAR_TRAIN_PARAMETERS(INVAR_COPY_TRAIN)
}

void copy_parameters(const SolveParameters& from, invar_solve_parameters& to) {
  INVAR_SOLVE_PARAMETERS(INVAR_COPY_SOLVE)
}

void copy_parameters(const WorkloadParameters& from, invar_train_parameters& to) {
  INVAR_WORKLOAD_PARAMETERS(INVAR_COPY_WORKLOAD)
}

}  // namespace invar::platform
