// The one attribute that element functions carry.
#pragma once

/// Inlined always: a call would keep the loop around it from becoming vectors.
#define TAPER_INLINE [[gnu::always_inline]] inline
