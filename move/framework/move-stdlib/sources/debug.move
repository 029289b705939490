/// Output for the developer; it never changes what a transaction does.
module std::debug;

/// Prints the value to the developer's terminal.
public native fun print<T>(x: &T);

/// Prints the calls that led here to the developer's terminal.
public native fun print_stack_trace();
