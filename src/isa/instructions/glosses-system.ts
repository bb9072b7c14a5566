/** What the instructions do that kernels and VMMs use (SDM 2A to 2D, each under its own name; SVM: APM 3). */
export const SYSTEM_GLOSSES: readonly (readonly [names: string, gloss: string])[] = [
  // Input and output
  ['in', 'Reads a byte, word or doubleword from an I/O port into the accumulator.'],
  ['out', 'Writes a byte, word or doubleword from the accumulator to an I/O port.'],
  ['insb insw insd', 'Reads from the port in DX to [(R/E)DI] and advances (R/E)DI by DF.'],
  ['outsb outsw outsd', 'Writes from [(R/E)SI] to the port in DX and advances (R/E)SI by DF.'],

  // Interrupts and halting
  ['cli', 'Clears IF: maskable hardware interrupts wait.'],
  [
    'sti',
    'Sets IF: maskable hardware interrupts are accepted, from after the next instruction on.',
  ],
  ['hlt', 'Stops the processor until an interrupt arrives.'],
  ['monitor', 'Begins to watch a stretch of memory for MWAIT.'],
  ['mwait', 'Waits until the watched memory is written or an interrupt arrives.'],
  ['monitorx', 'Begins to watch a stretch of memory for MWAITX (AMD).'],
  ['mwaitx', 'Waits until the watched memory is written, with a time limit (AMD).'],
  ['umonitor', 'Begins to watch a stretch of memory for UMWAIT.'],
  [
    'umwait',
    'Waits in a light sleep until the watched memory is written or a time-stamp value is reached.',
  ],
  ['tpause', 'Waits in a light sleep until a time-stamp value.'],

  // Descriptor tables and segments
  ['lgdt', 'Loads the GDT register: base and limit of the global descriptor table.'],
  ['lidt', 'Loads the IDT register: base and limit of the interrupt descriptor table.'],
  ['lldt', 'Loads the LDT register with a selector.'],
  ['ltr', 'Loads the task register with the selector of a TSS, and marks it busy.'],
  ['sgdt', 'Stores the GDT register to memory.'],
  ['sidt', 'Stores the IDT register to memory.'],
  ['sldt', 'Stores the selector in the LDT register.'],
  ['str', 'Stores the selector in the task register.'],
  ['lar', 'Loads the access rights of a descriptor; ZF tells whether it may be seen.'],
  ['lsl', 'Loads the limit of a segment; ZF tells whether it may be seen.'],
  ['verr', 'Tests whether a segment may be read from here; the answer is ZF.'],
  ['verw', 'Tests whether a segment may be written from here; the answer is ZF.'],
  ['arpl', 'Raises the RPL of a selector to that of another.'],
  [
    'swapgs',
    "Exchanges the GS base with IA32_KERNEL_GS_BASE: the kernel's first instruction after SYSCALL.",
  ],
  ['rdfsbase rdgsbase', 'Reads the base of FS or GS.'],
  ['wrfsbase wrgsbase', 'Writes the base of FS or GS.'],

  // System calls
  ['syscall', 'Enters ring 0 at IA32_LSTAR; RCX gets the return address, R11 the flags.'],
  [
    'sysret sysretq',
    'Returns from SYSCALL to ring 3: the instruction pointer from RCX, the flags from R11.',
  ],
  ['sysenter', 'Enters ring 0 at IA32_SYSENTER_EIP with the stack of IA32_SYSENTER_ESP.'],
  [
    'sysexit sysexitq',
    'Returns to ring 3: the instruction pointer from (R/E)DX, the stack pointer from (R/E)CX.',
  ],

  // Control and machine-status registers
  ['clts', 'Clears CR0.TS.'],
  ['lmsw', 'Loads the low four bits of CR0 (it cannot clear PE).'],
  ['smsw', 'Stores the low bits of CR0.'],
  ['xgetbv', 'Reads an extended control register: XCR[ECX] into EDX:EAX.'],
  ['xsetbv', 'Writes an extended control register: EDX:EAX into XCR[ECX].'],
  ['clac', 'Clears RFLAGS.AC: SMAP forbids the kernel to touch user pages.'],
  ['stac', 'Sets RFLAGS.AC: the kernel may touch user pages in spite of SMAP.'],
  ['rdpkru', 'Reads the protection-key rights.'],
  ['wrpkru', 'Writes the protection-key rights.'],

  // Model-specific registers, counters and identification
  ['rdmsr', 'Reads a model-specific register: MSR[ECX] into EDX:EAX.'],
  ['wrmsr', 'Writes a model-specific register: EDX:EAX into MSR[ECX].'],
  ['rdtsc', 'Reads the time-stamp counter into EDX:EAX.'],
  ['rdtscp', 'Reads the time-stamp counter into EDX:EAX and IA32_TSC_AUX into ECX.'],
  ['rdpmc', 'Reads performance counter ECX into EDX:EAX.'],
  ['rdpid', 'Reads IA32_TSC_AUX, usually the number of the processor.'],
  ['rdpru', 'Reads a processor register chosen by ECX (AMD).'],
  ['cpuid', 'Tells about the processor: leaf EAX, subleaf ECX; answers in EAX, EBX, ECX, EDX.'],

  // Caches and the TLB
  ['invd', 'Empties the caches without writing them back: modified data is lost.'],
  ['wbinvd', 'Writes all modified cache lines back, then empties the caches.'],
  ['wbnoinvd', 'Writes all modified cache lines back and may keep them.'],
  ['invlpg', 'Removes the translations of one page from the TLB.'],
  ['invpcid', 'Removes translations of one or all address spaces (PCIDs) from the TLB.'],
  ['invlpgb', 'Removes translations from the TLBs of all processors (AMD).'],
  ['tlbsync', 'Waits until other processors have done INVLPGB (AMD).'],

  // Others
  ['lkgs', 'Loads the base that SWAPGS would bring to GS from the descriptor of a selector.'],
  ['erets', 'Returns from an event of ring 0 (FRED).'],
  ['eretu', 'Returns from an event to ring 3 (FRED).'],
  ['clrssbsy', 'Marks a supervisor shadow stack as free.'],
  ['setssbsy', 'Marks the supervisor shadow stack as busy and begins to use it.'],
  ['wrussd wrussq', 'Writes to a user shadow stack.'],
  ['enqcmd', 'Sends a command of 64 bytes to a device, with the PASID of the process.'],
  ['enqcmds', 'Sends a command of 64 bytes to a device, with any PASID.'],
  ['hreset', 'Forgets what the processor has predicted from the history of execution.'],
  ['loadiwkey', 'Loads the internal wrapping key of Key Locker.'],
  ['pbndkb', 'Binds a key to this platform (total storage encryption).'],
  ['rdmsrlist', 'Reads the MSRs of a list: up to 64, whose bits are set in RCX.'],
  ['wrmsrlist', 'Writes the MSRs of a list: up to 64, whose bits are set in RCX.'],
  ['wrmsrns', 'Writes a model-specific register without serializing.'],
  ['rsm', 'Returns from system-management mode.'],
  ['getsec', 'Safer mode extensions: launches a measured environment.'],
  ['xsaves xsaves64', 'Saves supervisor and user state that XCR0, IA32_XSS and EDX:EAX name.'],
  ['xrstors xrstors64', 'Loads supervisor and user state that XCR0, IA32_XSS and EDX:EAX name.'],
  ['encls', 'Executes a system function of SGX.'],
  ['enclu', 'Executes a user function of SGX.'],
  ['enclv', 'Executes a virtualization function of SGX.'],
  ['pconfig', 'Configures platform features such as memory encryption.'],

  // VMX
  ['vmxon', 'Enters VMX root operation; the operand is the physical address of the VMXON region.'],
  ['vmxoff', 'Leaves VMX operation.'],
  ['vmclear', 'Writes a VMCS back to memory and makes it inactive and clear.'],
  ['vmptrld', 'Makes a VMCS current.'],
  ['vmptrst', 'Stores the address of the current VMCS.'],
  ['vmread', 'Reads a field of the current VMCS.'],
  ['vmwrite', 'Writes a field of the current VMCS.'],
  ['vmlaunch', 'VM entry: starts the guest of the current VMCS for the first time.'],
  ['vmresume', 'VM entry: goes on with the guest of the current VMCS.'],
  ['vmcall', 'Calls the VMM: in the guest it always exits (a hypercall).'],
  ['vmfunc', 'Calls a VM function, such as switching the EPT, without a VM exit.'],
  ['invept', 'Removes translations that come from an EPT from the TLB.'],
  ['seamcall', 'Calls the TDX module, which manages protected guests.'],
  ['seamops', 'Lets the TDX module ask the processor for a service.'],
  ['seamret', 'Returns from the TDX module to the VMM.'],
  ['tdcall', 'Calls the TDX module from a protected guest.'],
  ['invvpid', 'Removes translations of a virtual processor (VPID) from the TLB.'],

  // SVM
  ['vmrun', 'Enters the guest of the VMCB whose physical address is in RAX (AMD).'],
  ['vmmcall', 'Calls the VMM: exits if intercepted, else raises #UD (AMD).'],
  ['vmload', 'Loads the part of the guest state that VMRUN does not (AMD).'],
  ['vmsave', 'Saves the part of the guest state that VMRUN does not (AMD).'],
  ['stgi', 'Sets the global interrupt flag: the host takes interrupts again (AMD).'],
  ['clgi', 'Clears the global interrupt flag: all interrupts of the host wait (AMD).'],
  ['skinit', 'Starts a measured, secure loader (AMD).'],
  [
    'invlpga',
    "Removes the translations of a page in one guest's address space (ASID) from the TLB (AMD).",
  ],
  ['psmash', 'Splits a 2-MByte entry of the reverse map table into 4-KByte entries (AMD).'],
  ['pvalidate', 'Accepts a page into an encrypted guest, or gives it back (AMD).'],
  ['rmpadjust', 'Changes the rights of a page of an encrypted guest (AMD).'],
  ['rmpquery', 'Reads the rights of a page of an encrypted guest (AMD).'],
  ['rmpupdate', 'Writes an entry of the reverse map table, which says whose a page is (AMD).'],
  ['vmgexit', 'Exits from an encrypted guest to the VMM (AMD).'],
];

/** Prefixes that are written as words (SDM 2A 2.1.1). */
export const PREFIX_GLOSSES: readonly (readonly [names: string, gloss: string])[] = [
  ['lock', 'The next instruction changes memory atomically.'],
  ['rep', 'Repeats the string instruction (R/E)CX times.'],
  ['repe repz', 'Repeats the string instruction while ZF = 1, at most (R/E)CX times.'],
  ['repne repnz', 'Repeats the string instruction while ZF = 0, at most (R/E)CX times.'],
];
