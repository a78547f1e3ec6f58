"""The effects of the mutations of annotations."""

from tests.api.effects.effect import Effect

EFFECTS = [Effect("annotationEdit", "title", {"title": "Strike"}, "edited", {"title"})]
