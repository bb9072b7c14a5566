; 2. SVM on (APM 2 15.4, 15.30.4), and off again

; There is no mode to enter, as VMX operation is one: a bit in EFER makes the instructions exist, and VMRUN
; gets a page in which it keeps what it has to bring back at the next exit. No control register wants other
; bits than before.
enable:
        mov ecx, EFER
        rdmsr
        or eax, EFER_SVME
        wrmsr
        mov eax, HOST_SAVE
        xor edx, edx
        mov ecx, VM_HSAVE_PA
        wrmsr
        ret

disable:
        xor eax, eax                ; the page is ours again
        xor edx, edx
        mov ecx, VM_HSAVE_PA
        wrmsr
        mov ecx, EFER
        rdmsr
        and eax, ~EFER_SVME
        wrmsr
        ret
