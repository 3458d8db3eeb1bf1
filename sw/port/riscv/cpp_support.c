/* What the compiler asks for in C++ programs without its standard library, under the names that the
 * Itanium C++ ABI gives (std::size_t is an unsigned long). A program may define its own. */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define NAMED(name) __asm__(name) __attribute__((weak))

/* Marks the program in calls of __cxa_atexit. */
void* __dso_handle __attribute__((weak)) = NULL;

void* operator_new(size_t bytes) NAMED("_Znwm");
void* operator_new_array(size_t bytes) NAMED("_Znam");
void* operator_new_aligned(size_t bytes, size_t alignment) NAMED("_ZnwmSt11align_val_t");
void* operator_new_array_aligned(size_t bytes, size_t alignment) NAMED("_ZnamSt11align_val_t");
void operator_delete(void* object) NAMED("_ZdlPv");
void operator_delete_array(void* object) NAMED("_ZdaPv");
void operator_delete_sized(void* object, size_t bytes) NAMED("_ZdlPvm");
void operator_delete_array_sized(void* object, size_t bytes) NAMED("_ZdaPvm");
void operator_delete_aligned(void* object, size_t alignment) NAMED("_ZdlPvSt11align_val_t");
void operator_delete_array_aligned(void* object, size_t alignment) NAMED("_ZdaPvSt11align_val_t");
void operator_delete_sized_aligned(void* object, size_t bytes, size_t alignment)
    NAMED("_ZdlPvmSt11align_val_t");
void operator_delete_array_sized_aligned(void* object, size_t bytes, size_t alignment)
    NAMED("_ZdaPvmSt11align_val_t");
void pure_virtual(void) NAMED("__cxa_pure_virtual");
void deleted_virtual(void) NAMED("__cxa_deleted_virtual");
int guard_acquire(uint8_t* guard) NAMED("__cxa_guard_acquire");
void guard_release(uint8_t* guard) NAMED("__cxa_guard_release");
void guard_abort(uint8_t* guard) NAMED("__cxa_guard_abort");

static void* require(void* object) {
  if (object == NULL) { /* and no exceptions to throw */
    fputs("new: out of memory\n", stderr);
    abort();
  }
  return object;
}

void* operator_new(size_t bytes) {
  return require(malloc(bytes != 0 ? bytes : 1));
}
void* operator_new_array(size_t bytes) {
  return operator_new(bytes);
}
void* operator_new_aligned(size_t bytes, size_t alignment) {
  return require(memalign(alignment, bytes != 0 ? bytes : 1));
}
void* operator_new_array_aligned(size_t bytes, size_t alignment) {
  return operator_new_aligned(bytes, alignment);
}
void operator_delete(void* object) {
  free(object);
}
void operator_delete_array(void* object) {
  free(object);
}
void operator_delete_sized(void* object, size_t bytes) {
  (void)bytes;
  free(object);
}
void operator_delete_array_sized(void* object, size_t bytes) {
  (void)bytes;
  free(object);
}
void operator_delete_aligned(void* object, size_t alignment) {
  (void)alignment;
  free(object);
}
void operator_delete_array_aligned(void* object, size_t alignment) {
  (void)alignment;
  free(object);
}
void operator_delete_sized_aligned(void* object, size_t bytes, size_t alignment) {
  (void)bytes;
  (void)alignment;
  free(object);
}
void operator_delete_array_sized_aligned(void* object, size_t bytes, size_t alignment) {
  (void)bytes;
  (void)alignment;
  free(object);
}

void pure_virtual(void) {
  fputs("call of a pure virtual function\n", stderr);
  abort();
}
void deleted_virtual(void) {
  fputs("call of a deleted virtual function\n", stderr);
  abort();
}

/* Static objects of functions: the first byte says whether they are there. One thread. */
int guard_acquire(uint8_t* guard) {
  return *guard == 0;
}
void guard_release(uint8_t* guard) {
  *guard = 1;
}
void guard_abort(uint8_t* guard) {
  (void)guard;
}
