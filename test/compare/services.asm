; services: every function of the interrupts that do not touch a screen or disk.
%include "report.inc.asm"

%macro SWEEP 4                      ; interrupt, first AH, last AH, functions to leave out
        mov byte [function], %2
%%next: mov al, [function]
        mov si, %4
%%skip: cmp byte [si], 0xfe
        je %%call
        cmp [si], al
        je %%done
        inc si
        jmp %%skip
%%call: mov si, sweep
        call print
        mov al, %1
        call hex8
        mov al, ' '
        call put
        mov al, [function]
        call hex8
        KNOWN
        mov ah, [function]
        mov al, 0
        CALL %1, ""
        xor ax, ax
        mov ds, ax
        mov es, ax
        sti
%%done: inc byte [function]
        cmp byte [function], (%3 + 1) & 0xff
        jne %%next
%endmacro

%macro WITH_AX 3
        KNOWN
        mov ax, %2
        CALL %1, %3
        xor ax, ax
        mov ds, ax
        mov es, ax
%endmacro

main:
        SWEEP 0x11, 0, 1, none
        SWEEP 0x12, 0, 1, none
        SWEEP 0x15, 0, 0xff, careful15
        SWEEP 0x16, 0, 0xff, careful16
        SWEEP 0x14, 0, 6, none
        SWEEP 0x17, 0, 3, none
        SWEEP 0x1a, 0, 0xb0, careful1a
        WITH_AX 0x15, 0x2400, "2400"
        in al, 0x92
        call hex8
        WITH_AX 0x15, 0x2402, "2402"
        WITH_AX 0x15, 0x2401, "2401"
        in al, 0x92
        call hex8
        WITH_AX 0x15, 0x2402, "2402"
        WITH_AX 0x15, 0x2403, "2403"
        WITH_AX 0x15, 0x2404, "2404"
        WITH_AX 0x15, 0xe801, "e801"
        WITH_AX 0x15, 0xe802, "e802"
        WITH_AX 0x15, 0xe881, "e881"
        WITH_AX 0x15, 0xe820, "e820 no smap"
        xor ebx, ebx
map:    mov [next], ebx
        mov eax, 0xe820
        mov edx, 0x534d4150
        mov edi, answer
        mov ecx, 24
        mov ebx, [next]
        CALL 0x15, "e820"
        mov [next], ebx
        DUMP 0, answer, 24, "  answer"
        cmp dword [next], 0
        mov ebx, [next]
        jne map
        KNOWN
        mov eax, 0xe820
        mov edx, 0x534d4150
        mov edi, answer
        mov ecx, 19
        mov ebx, 0
        CALL 0x15, "e820 with 19"
        KNOWN
        mov eax, 0xe820
        mov edx, 0x534d4150
        mov edi, answer
        mov ecx, 20
        mov ebx, 20
        CALL 0x15, "e820 number 20"
        KNOWN
        mov ah, 0x86
        mov cx, 0
        mov dx, 1000
        CALL 0x15, "86 1 ms"
        KNOWN
        mov ax, 0x8300
        mov cx, 0
        mov dx, 1000
        mov bx, flag
        CALL 0x15, "83 1 ms"
        KNOWN
        mov ah, 0x86
        mov cx, 0
        mov dx, 1000
        CALL 0x15, "86 while 83"
        mov cx, 0xffff
.wait:  push cx
        in al, 0x61
        pop cx
        loop .wait
        DUMP 0, flag, 1, "flag"
        DUMP 0x40, 0x98, 9, "40:98"
        ; move 16 bytes up to 1 MByte and back again
        mov si, gdt
        KNOWN
        mov ah, 0x87
        mov cx, 8
        mov si, gdt
        CALL 0x15, "87"
        mov byte [gdt + 0x10 + 4], 0x10
        mov word [gdt + 0x10 + 2], 0
        mov byte [gdt + 0x18 + 4], 0
        mov word [gdt + 0x18 + 2], answer
        KNOWN
        mov ah, 0x87
        mov cx, 8
        mov si, gdt
        CALL 0x15, "87 back"
        DUMP 0, answer, 16, "moved"
        KNOWN
        mov ah, 0xc0
        CALL 0x15, "c0"
        mov si, bx
        push es
        push si
        push 16
        call dump
        db "table", 0
        DUMP 0x40, 0, 256, "40:0"
        DUMP 0x9fc0, 0, 2, "EBDA"
        ; int 16h with a key in the buffer
        xor ax, ax
        mov es, ax
        mov ds, ax
        KNOWN
        mov ax, 0x0500
        mov cx, 0x1e61
        CALL 0x16, "05"
        WITH_AX 0x16, 0x0100, "01"
        WITH_AX 0x16, 0x1100, "11"
        WITH_AX 0x16, 0x0000, "00"
        WITH_AX 0x16, 0x0100, "01 empty"
        KNOWN
        stc
        mov ah, 1
        CALL 0x16, "01 empty, carry"
%macro KEY 1
        KNOWN
        mov ah, 0x05
        mov cx, %1
        CALL 0x16, "05"
        WITH_AX 0x16, 0x0100, "01"
        WITH_AX 0x16, 0x1100, "11"
        WITH_AX 0x16, 0x1000, "10"
        KNOWN
        mov ah, 0x05
        mov cx, %1
        CALL 0x16, "05"
        KNOWN
        mov ah, 0x05
        mov cx, 0x1e62
        CALL 0x16, "05"
        WITH_AX 0x16, 0x0100, "01"
        WITH_AX 0x16, 0x0000, "00"
        mov word [0x41a], 0x1e
        mov word [0x41c], 0x1e
%endmacro
        KEY 0x48e0
        KEY 0x4800
        KEY 0xe00d
        KEY 0x8500
        KEY 0x3062
        mov word [count], 17
fill:   KNOWN
        mov ah, 5
        mov cx, 0x1e61
        CALL 0x16, "05 fill"
        dec word [count]
        jnz fill
        WITH_AX 0x1a, 0x0000, "1a 00"
        KNOWN
        mov ah, 1
        mov cx, 0x0012
        mov dx, 0x3456
        CALL 0x1a, "1a 01"
        WITH_AX 0x1a, 0x0000, "1a 00"
        mov byte [0x470], 1
        WITH_AX 0x1a, 0x0000, "1a 00"
        KNOWN
        mov cx, 0x1234
        mov dx, 0x5601
        mov ah, 3
        CALL 0x1a, "1a 03"
        WITH_AX 0x1a, 0x0200, "1a 02"
        KNOWN
        mov cx, 0x2025
        mov dx, 0x0203
        mov ah, 5
        CALL 0x1a, "1a 05"
        WITH_AX 0x1a, 0x0400, "1a 04"
        KNOWN
        mov cx, 0x2359
        mov dx, 0x5900
        mov ah, 6
        CALL 0x1a, "1a 06"
        mov ah, 6
        CALL 0x1a, "1a 06 again"
        mov al, 0xb
        out 0x70, al
        in al, 0x71
        call hex8
        call newline
        WITH_AX 0x1a, 0x0700, "1a 07"
        WITH_AX 0x1a, 0xb101, "1a b101"
        FINISH
sweep:  db "int ", 0
function: db 0
none:   db 0xfe
careful15: db 0x24, 0x83, 0x86, 0x87, 0x89, 0xe8, 0x53, 0xfe
careful16: db 0, 0x10, 5, 3, 0xfe
careful1a: db 3, 5, 6, 1, 0xfe
flag:   db 0
count:  dw 0
next:   dd 0
        align 8
gdt:    dq 0, 0
        dw 0xffff, gdt_text
        db 0, 0x93, 0, 0
        dw 0xffff, 0
        db 0x10, 0x93, 0, 0
        dq 0, 0
gdt_text: db "sixteen bytes!!!"
answer  equ 0xfb00
        times 63 * 512 - ($ - $$) db 0
