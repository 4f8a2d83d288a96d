"""Signed notices from program to program, as Standard Webhooks 1.0.0 says (www.standardwebhooks.com)."""
