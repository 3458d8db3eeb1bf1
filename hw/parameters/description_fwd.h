#ifndef INVAR_PARAMETERS_DESCRIPTION_FWD_H
#define INVAR_PARAMETERS_DESCRIPTION_FWD_H

namespace invar::parameters {

/// See description.h, which what reads or prints parameters includes; a structure's own header
/// needs the name alone.
template <typename Structure>
class Description;

}  // namespace invar::parameters

#endif
