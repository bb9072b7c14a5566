/* Numbers of system calls, for the kernel and for its processes. */
enum { CALL_END, CALL_WRITE, CALL_READ_LINE, CALL_READ_SECTOR, CALL_WRITE_SECTOR, CALL_SLEEP };
