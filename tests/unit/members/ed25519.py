"""Ed25519 written out from the text of RFC 8032, 5.1: slow, and knowing nothing of the library that the house uses."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int]


def public_key(seed: bytes) -> bytes:
    return _encoded(_times(_scalar(seed), BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    public = public_key(seed)
    r = _hash(hashlib.sha512(seed).digest()[32:] + message)
    commitment = _encoded(_times(r, BASE))
    s = (r + _hash(commitment + public + message) * _scalar(seed)) % L
    return commitment + s.to_bytes(32, "little")


def verified(public: bytes, signature: bytes, message: bytes) -> bool:
    s = int.from_bytes(signature[32:], "little")
    try:
        key, commitment = _decoded(public), _decoded(signature[:32])
    except ValueError:
        return False
    challenge = _hash(signature[:32] + public + message)
    return (
        len(signature) == 64
        and s < L
        and _times(s, BASE) == _sum(commitment, _times(challenge, key))
    )


def _scalar(seed: bytes) -> int:
    half = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return half & ((1 << 254) - 8) | 1 << 254


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.sha512(data).digest(), "little") % L


def _sum(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, P - 2, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, P - 2, P)
    return x % P, y % P


def _times(factor: int, point: Point) -> Point:
    total = (0, 1)
    while factor:
        total = _sum(total, point) if factor & 1 else total
        point, factor = _sum(point, point), factor >> 1
    return total


def _x(y: int, sign_bit: int) -> int:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P:
        raise ValueError("not on the curve")
    return P - x if x & 1 != sign_bit else x


def _encoded(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def _decoded(raw: bytes) -> Point:
    value = int.from_bytes(raw, "little")
    y = value & ((1 << 255) - 1)
    return _x(y, value >> 255), y


_BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (_x(_BASE_Y, 0), _BASE_Y)
