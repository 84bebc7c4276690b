// Something to compile beside the precompiled headers.
int main() {}
