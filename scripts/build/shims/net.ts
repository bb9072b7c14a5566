/** A browser has no sockets; the adapter is called directly there. */
export {};
