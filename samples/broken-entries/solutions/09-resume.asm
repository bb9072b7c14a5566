        ; VMCLEAR has made the launch state "clear", and VMRESUME wants "launched": the first entry is VMLAUNCH.
        vmlaunch
