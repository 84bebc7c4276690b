// How jemalloc is to behave, which it reads before main begins: freed pages go back to the system on a thread of their own, not on
// those that answer.

// Its name and type are jemalloc's.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
extern "C" const char* malloc_conf;
const char* malloc_conf = "background_thread:true";
