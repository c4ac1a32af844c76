"""The single examinations of `coinvec doctor`; `coinvec.services.doctor` calls them in order."""
