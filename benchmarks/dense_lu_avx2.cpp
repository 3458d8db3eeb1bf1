#define INVAR_YARDSTICK_EIGEN invar_yardstick_eigen_avx2
#define INVAR_YARDSTICK_NAME dense_lu_avx2
#include "dense_lu_yardstick_body.h"
