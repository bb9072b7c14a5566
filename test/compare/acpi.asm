; acpi: the tables that a system finds from the RSDP, each with its sum; the fields of the FADT that name ports;
; the PM timer; the registers of PM1.
%include "report.inc.asm"
%include "ports.inc.asm"

main:   cli
        mov ebx, 0xe0000
.find:  call peek
        cmp eax, "RSD "
        je .found
.next:  add ebx, 16
        cmp ebx, 0x100000
        jb .find
        SAY "no RSDP"
        FINISH
.found: mov ecx, 20
        call bytes
        SHOW ax, "RSDP, sum"
        add ebx, 16
        call peek
        mov ebx, eax
        call table
        ; each that the RSDT names
        add ebx, 4
        call peek
        sub ebx, 4
        lea ecx, [eax - 36]
        shr ecx, 2
        add ebx, 36
.each:  push ecx
        push ebx
        call peek
        mov ebx, eax
        call table
        call peek
        cmp eax, "FACP"
        jne .other
        mov [fadt], ebx
.other: pop ebx
        add ebx, 4
        pop ecx
        loop .each
        mov ebx, [fadt]
        test ebx, ebx
        jz .end
        add ebx, 46
        call peek
        SHOW ax, "SCI"
        mov ebx, [fadt]
        add ebx, 40
        call peek
        mov ebx, eax
        call table                  ; DSDT
        mov ebx, [fadt]
        add ebx, 36
        call peek
        mov ebx, eax
        call peek
        mov [value], eax
        mov si, value
        call name
        call newline
        ; the PM timer counts, with 24 bits
        mov ebx, [fadt]
        add ebx, 76
        call peek
        mov dx, ax
        in eax, dx
        mov edi, eax
        mov ecx, 30000
.wait:  in al, 0x61
        a32 loop .wait
        in eax, dx
        mov ecx, eax
        sub eax, edi
        and eax, 0xffffff
        jnz .counts
        SAY "it stands"
.counts:
        shr ecx, 24
        SHOW cx, "bits beyond 24"
        ; PM1: status, enable, control
        mov ebx, [fadt]
        add ebx, 64
        call peek
        mov dx, ax
        in ax, dx
        SHOW ax, "PM1 control"
        mov ebx, [fadt]
        add ebx, 56
        call peek
        mov dx, ax
        add dx, 2
        mov ax, 0x0120
        out dx, ax
        in ax, dx
        SHOW ax, "PM1 enable"
        xor ax, ax
        out dx, ax
.end:   FINISH

; The table at EBX: signature, revision, sum.
table:  call peek
        mov [value], eax
        mov si, value
        call name
        push ebx
        add ebx, 4
        call peek
        mov ecx, eax
        add ebx, 4
        call peek
        call space
        call hex8
        pop ebx
        call bytes
        push ax
        call space
        pop ax
        call hex8
        jmp newline
name:   mov cx, 4
.next:  lodsb
        call put
        loop .next
        ret
; The sum of ECX bytes at EBX, in AX.
bytes:  push ebx
        xor edx, edx
.next:  call peek
        add dl, al
        inc ebx
        a32 loop .next
        movzx ax, dl
        pop ebx
        ret
fadt:   dd 0
value:  dd 0
