"""|M|² of e⁻e⁺ → e⁻e⁺γ without the electron mass: F. A. Berends et al. (CALKUL), Phys. Lett. B 103 (1981) 124."""

from __future__ import annotations

from evanesce.sources.radiative.amplitude import Momenta, dot
from evanesce.validation import FloatArray

__all__ = ["massless_squared"]


def massless_squared(p: Momenta) -> FloatArray:
    """|M|²/e⁶ in GeV⁻², summed over final and averaged over initial spins; invariants as products of momenta."""
    s, s_out = 2.0 * dot(p.electron_in, p.positron_in), 2.0 * dot(p.electron, p.positron)
    t_plus, t_minus = -2.0 * dot(p.positron_in, p.positron), -2.0 * dot(p.electron_in, p.electron)
    u_plus, u_minus = -2.0 * dot(p.positron_in, p.electron), -2.0 * dot(p.electron_in, p.positron)
    in_plus, in_minus = dot(p.positron_in, p.photon), dot(p.electron_in, p.photon)
    out_plus, out_minus = dot(p.positron, p.photon), dot(p.electron, p.photon)
    hard = (
        s * s_out * (s**2 + s_out**2)
        + t_plus * t_minus * (t_plus**2 + t_minus**2)
        + u_plus * u_minus * (u_plus**2 + u_minus**2)
    ) / (s * s_out * t_plus * t_minus)
    eikonal = (
        s / (in_plus * in_minus)
        + s_out / (out_plus * out_minus)
        - t_plus / (in_plus * out_plus)
        - t_minus / (in_minus * out_minus)
        + u_plus / (in_plus * out_minus)
        + u_minus / (in_minus * out_plus)
    )
    product: FloatArray = hard * eikonal
    return product
