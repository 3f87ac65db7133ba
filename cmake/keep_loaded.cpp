// Linked into sanitizer builds: plug-ins that Open MPI unloads at its end stay loaded, so that the
// leak checker can name, and tests/support/lsan.supp suppress, what they leave behind.
extern "C" int dlclose(void* /*handle*/) { return 0; }
