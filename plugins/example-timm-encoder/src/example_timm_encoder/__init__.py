"""Any timm backbone by name, as the encoder `timm` of coinvec."""
