/** Bits of a physical address, MAXPHYADDR, of the default processor (CPUID 80000008H). */
export const PHYSICAL_ADDRESS_WIDTH = 40;
/** Bits of a linear address. */
export const LINEAR_ADDRESS_WIDTH = 48;
