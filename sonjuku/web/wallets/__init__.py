"""What wallet apps ask: OAuth 2 (RFC 6749, 7591, 7009, 8414), the Open Badges 3.0 API, and OpenID4VCI 1.0."""
