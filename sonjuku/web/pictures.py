"""A badge as a picture: the uploaded one, or drawn in the colours and words that its makers chose."""

import base64

from sonjuku.protocols.openbadges import image
from sonjuku.rooms.credentials import queries
from sonjuku.rooms.credentials.models import Achievement, AchievementImage


def is_own(achievement: Achievement) -> bool:
    """Whether the badge looks otherwise than the pages draw it by themselves."""
    return bool(achievement.image_text or achievement.image_colour or queries.own_image(achievement.pk))


def png(achievement: Achievement) -> bytes:
    """As PNG; an uploaded SVG can't be turned into one, then it is drawn."""
    own = queries.own_image(achievement.pk)
    if own is not None and own.kind == AchievementImage.Kind.PNG:
        return bytes(own.content)
    return image.badge_png(*_drawing(achievement))


def svg(achievement: Achievement) -> bytes:
    """As SVG; an uploaded PNG stands in it as it is."""
    own = queries.own_image(achievement.pk)
    if own is None:
        return image.badge_svg(*_drawing(achievement)).encode()
    if own.kind == AchievementImage.Kind.SVG:
        return bytes(own.content)
    inside = base64.b64encode(bytes(own.content)).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200"><image width="200" height="200"'
        f' href="data:image/png;base64,{inside}"/></svg>'
    ).encode()


def _drawing(achievement: Achievement) -> tuple[str, str, str]:
    council = achievement.council
    return (
        achievement.image_text or achievement.title,
        council.short_title or council.title,
        achievement.image_colour or council.colour,
    )
