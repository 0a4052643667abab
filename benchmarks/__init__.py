"""What is promised about speed, measured against what a user would pick instead."""
