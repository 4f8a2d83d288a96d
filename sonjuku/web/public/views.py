from django.http import HttpRequest, HttpResponse


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")


home = typed_code = council = calls = call = proof = about = agreement = privacy = accessibility = colours = robots = placeholder
