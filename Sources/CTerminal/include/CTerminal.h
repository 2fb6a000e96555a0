#pragma once
/// Columns of the terminal behind a descriptor, or 0 where it is none. (`ioctl` is variadic: Swift cannot call it.)
int cterminal_columns(int descriptor);
