        ; No descriptor is read on a VM exit, but the selector of TR, as that of CS, may not be 0.
        put HOST_TR_SELECTOR, TASK
