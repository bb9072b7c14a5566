; 1. Is there SVM, and may we use it? (APM 2 15.4)

probe:
        mov eax, 0x80000000
        cpuid
        lea rsi, [rel no_svm]
        cmp eax, 0x8000000a         ; the last leaf: is there one on SVM?
        jb give_up
        mov eax, 0x80000001
        cpuid
        bt ecx, 2                   ; SVM
        jnc give_up
        mov eax, 0x8000000a
        cpuid
        mov [rel features], edx

        ; The firmware has the last word: it may have disabled SVM. Where that can be locked, it can be undone
        ; with a key that only the owner of the computer has, else nowhere but in the firmware's own menu.
        mov ecx, VM_CR
        rdmsr
        test eax, VM_CR_SVMDIS
        jz .allowed
        lea rsi, [rel forbidden]
        test dword [rel features], SVM_LOCK
        jz give_up
        lea rsi, [rel locked]
        jmp give_up
.allowed:
        ; Nested paging, and exits that tell where the next instruction begins. Without the latter we would
        ; have to decode instructions only to find out how long they are.
        mov eax, [rel features]
        and eax, SVM_NP | SVM_NRIPS
        cmp eax, SVM_NP | SVM_NRIPS
        lea rsi, [rel too_old]
        jne give_up
        ret

features:       dd 0                ; CPUID 8000_000AH, EDX
no_svm:         db `hypervisor: this processor has no SVM\n`, 0
forbidden:      db `hypervisor: the firmware has disabled SVM\n`, 0
locked:         db `hypervisor: the firmware has disabled SVM, and locked it with a key\n`, 0
too_old:        db `hypervisor: this processor has no nested paging, or does not tell the next RIP\n`, 0
