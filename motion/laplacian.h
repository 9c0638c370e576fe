#pragma once
#include "core/mesh.h"
#include <Eigen/SparseCore>
#include <vector>

namespace mp4d {

using SparseMatrix = Eigen::SparseMatrix<double>;

/// Stiffness matrix of the cotangent Laplacian, V x V, symmetric positive semidefinite: row i of L x is
/// sum_j w_ij (x_i - x_j), w_ij = (cot a + cot b) / 2 (Pinkall and Polthier 1993). Each w_ij is clamped to
/// [1e-3, 1e2], which bounds the effect of obtuse and degenerate triangles and keeps the maximum principle.
SparseMatrix cotangent_laplacian(const Points& verts, const Faces& faces);

/// A third of the area of the faces round each vertex, V values, square metres. Vertices without area get a
/// millionth of the mean, so that the matrix diag(mass) can be inverted.
Eigen::VectorXd lumped_mass(const Points& verts, const Faces& faces);

/// Row i of L x is x_i minus the mean of its neighbours; rows without neighbours are 0. V x V, not symmetric.
SparseMatrix uniform_laplacian(const Faces& faces, int vertex_count);

/// Vertices at the same place as one: texture and normal seams split the vertices of files, which cuts the surface.
struct Welded {
  Points verts;                ///< unique places
  Faces faces;                 ///< of unique places; faces that lost an edge are left out
  std::vector<int> of_vertex;  ///< input vertex -> unique place
};
/// Joins vertices that fall on the same point of a grid of `relative_tolerance` x the box's diagonal.
Welded weld(const Points& verts, const Faces& faces, float relative_tolerance = 1e-6f);

}  // namespace mp4d
