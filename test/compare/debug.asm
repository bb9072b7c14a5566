; debug: the debug registers and the trap flag: breakpoints on instructions, writes and reads, ports; single
; steps, also over POPF, MOV SS and INT; INT1; general detect; what DR4 to DR7 read as.
%include "kernel.inc.asm"

%macro DR7 1
        mov eax, %1
        mov dr7, eax
%endmacro
%macro STEP 2+                      ; with TF set, the instruction after POPF is stepped over
        TELL %1
        mov dword [resume], %%after
        mov [resume_esp], esp
        pushfd
        or dword [esp], 0x100
        popfd
        %2
        nop
        nop
%%after:
        LINE
%endmacro

kernel: mov eax, dr6
        HEX eax
        mov eax, dr7
        HEX eax
        LINE
        xor eax, eax
        mov dr6, eax
        mov eax, dr6
        HEX eax
%ifndef LOCKSTEP
        mov eax, -1
        mov dr6, eax
        mov eax, dr6
        HEX eax
%endif
        DR7 0
        mov eax, dr7
        HEX eax
        LINE
        xor eax, eax
        mov dr6, eax
        TRY "dr4 without DE", mov ebx, dr4
        mov eax, cr4
        or eax, 8
        mov cr4, eax
        TRY "dr4 with DE", mov ebx, dr4
        ; an instruction
        mov eax, .target
        mov dr0, eax
        DR7 0x00000402
        TELL "instruction"
        mov dword [resume], .after
        mov [resume_esp], esp
.target:
        nop
        TELL " not seen"
.after: LINE
        ; data: DR1, 4 bytes at 5000h, writes; DR2, 2 bytes, reads and writes
        mov eax, 0x5000
        mov dr1, eax
        mov eax, 0x5010
        mov dr2, eax
        DR7 0x07d00428
        TRY "write in it", mov [0x5000], eax
        TRY "write its last byte", mov [0x5003], al
        TRY "write beside it", mov [0x5004], al
        TRY "write across into it", mov [0x4ffe], eax
        TRY "read it", mov eax, [0x5000]
        TRY "read 5011", mov al, [0x5011]
        TRY "read 5012", mov al, [0x5012]
        TRY "push", push dword [0x5010]
        ; ports
        mov eax, 0x21
        mov dr3, eax
        DR7 0x20000480
        TRY "in 21", in al, 0x21
%ifndef LOCKSTEP
        TRY "in 20", in al, 0x20
%endif
        DR7 0x400
        ; general detect
%ifndef LOCKSTEP                    ; TCG has no general detect, no INT1, and keeps all bits of DR6
        DR7 0x2400
        TRY "general detect", mov ebx, dr0
        mov eax, dr7
        HEX eax
        LINE
%endif
        DR7 0x400
        STEP "nop", nop
        STEP "pushfd", pushfd
        STEP "mov ss", mov ss, [.ss]
        STEP "int 31", int 0x31
        STEP "int3", int3
        STEP "fault", ud2
        STEP "rep", mov ecx, 3
        STEP "cli", cli
%ifndef LOCKSTEP
        TRY "int1", db 0xf1
%endif
        FINISH
.ss:    dw 0x10
