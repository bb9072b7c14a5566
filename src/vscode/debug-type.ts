/** The debugger's type in launch configurations. */
export const DEBUG_TYPE = 'ringside';
