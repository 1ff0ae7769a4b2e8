"""Sales of consumer durables (thousands of units a year) as printed in Srinivasan and Mason (1986),
"Nonlinear Least
Squares Estimation of New Product Diffusion Models", Marketing Science 5(2), who took them from Bass
(1969)."""

import pandas as pd

ROOM_AIR_CONDITIONERS = pd.Series(
    [96, 195, 238, 380, 1045, 1230, 1267, 1828, 1586, 1673, 1800, 1580, 1500], index=range(1949, 1962)
)
COLOR_TELEVISIONS = pd.Series([747, 1480, 2646, 5118, 5777, 5982, 5962, 4631], index=range(1963, 1971))
CLOTHES_DRYERS = pd.Series(
    [106, 319, 492, 635, 737, 890, 1397, 1523, 1294, 1240, 1425, 1260, 1236], index=range(1949, 1962)
)
