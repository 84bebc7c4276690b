#include "app/command.h"

int main(int argc, char** argv) { return attune::app::run_program(argc, argv); }
