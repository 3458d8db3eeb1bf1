/* The same by another path, for firmware that names it so. */
#ifndef INVAR_SW_APPS_APP_PARAMETERS_H
#define INVAR_SW_APPS_APP_PARAMETERS_H

#include <invar/sw/boot/app_parameters.h>

#endif
