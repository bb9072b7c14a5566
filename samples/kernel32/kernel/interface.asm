; interface: what the kernel and its programs have agreed upon.
;
; A program puts the number of a call into EAX, arguments into EBX, ECX, EDX, and executes INT 0x80.
; The answer comes in EAX: below 0 it is one of the errors.

SYS_EXIT    equ 0                   ; EBX = status: does not return
SYS_FORK    equ 1                   ; EAX = PID of the child; 0 in the child
SYS_EXEC    equ 2                   ; EBX = name of a program, ECX = text for it
SYS_WAIT    equ 3                   ; EBX = PID of a child or 0 for any, ECX = 1: do not wait.
                                    ; EAX = its PID or 0, EDX = its status
SYS_GETPID  equ 4
SYS_YIELD   equ 5                   ; let others run
SYS_SLEEP   equ 6                   ; EBX = ticks
SYS_BRK     equ 7                   ; EBX = new end of the heap or 0; EAX = its end
SYS_OPEN    equ 8                   ; EBX = name, ECX = how; EAX = descriptor
SYS_CLOSE   equ 9                   ; EBX = descriptor
SYS_READ    equ 10                  ; EBX = descriptor, ECX = buffer, EDX = length; EAX = bytes read
SYS_WRITE   equ 11                  ; the same
SYS_UNLINK  equ 12                  ; EBX = name
SYS_LIST    equ 13                  ; EBX = n, ECX = a FileInfo to fill: the n-th file
SYS_PROCESS equ 14                  ; EBX = n, ECX = a ProcessInfo to fill: the n-th process
SYS_KILL    equ 15                  ; EBX = PID
SYS_MEMORY  equ 16                  ; EAX = frames in all, EDX = frames that are free
SYS_TICKS   equ 17                  ; EAX = ticks since the start
SYS_OFF     equ 18                  ; switch the machine off
SYSCALLS    equ 19

TICKS_PER_SECOND equ 100

OPEN_READ   equ 0
OPEN_CREATE equ 1                   ; and empty it, if it exists

E_NO_FILE   equ -1                  ; errors
E_NO_PROGRAM equ -2
E_NO_ROOM   equ -3
E_BUSY      equ -4
E_ADDRESS   equ -5
E_NO_CHILD  equ -6
E_ARGUMENT  equ -7
E_NO_CALL   equ -8

KILLED      equ 128                 ; status of a process that did not end by itself

NAME_SIZE   equ 16                  ; of files and processes, the 0 at the end included

        struc FileInfo
.name:      resb NAME_SIZE
.size:      resd 1
.end:
        endstruc

        struc ProcessInfo
.name:      resb NAME_SIZE
.pid:       resd 1
.parent:    resd 1
.state:     resd 1                  ; one of those in scheduler.asm
.pages:     resd 1                  ; how many pages are mapped
.end:
        endstruc

; What a program file begins with. The kernel maps it at .base and enters it at .entry, ESI = its text.
PROGRAM_MAGIC equ 'PROG'
        struc Program
.magic:     resd 1
.base:      resd 1
.entry:     resd 1
.memory:    resd 1                  ; bytes from .base on; what the file does not hold is 0
.end:
        endstruc
