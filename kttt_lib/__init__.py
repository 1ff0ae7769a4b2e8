"""KTTT: did a collective-economy plan keep its promises?"""
